/** What npm runs before it packs: installs and builds what is missing, so that a clean clone gives a tarball that works. */
import { build } from './build.mjs';
import { checkNode, install } from './install.mjs';

checkNode();
install();
build();
