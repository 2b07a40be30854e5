/** Prints the settings tables: as plain text for --help, as Markdown for the README and docs. */
import { PLUGIN_SETTINGS } from './plugin-settings.ts';
import { SETTINGS, type Setting } from './settings.ts';

function shownDefault(setting: Setting): string {
  return setting.shownDefault ?? setting.default ?? '';
}

/** All settings, or those of the names given, in that order. */
export function settingsMarkdown(names?: readonly string[]): string {
  const chosen = names?.map((name) => SETTINGS.find(({ env }) => env === name)!) ?? SETTINGS;
  const rows = chosen.map((setting) => {
    const value = shownDefault(setting);
    return `| \`${setting.env}\` | ${value === '' ? '' : `\`${value}\``} | ${setting.meaning.replaceAll('|', '\\|')} |`;
  });
  return ['| variable | default | meaning |', '|---|---|---|', ...rows, ''].join('\n');
}

/** Those of the plugin, which are changed over HTTP. */
export function pluginSettingsMarkdown(): string {
  const rows = PLUGIN_SETTINGS.map(({ name, former = [], applies, default: fallback, meaning }) => {
    const names = [name, ...former].map((one) => `\`${one}\``).join(', formerly ');
    return `| ${names} | ${applies ? `\`${applies.env}\`` : `\`${fallback}\``} | ${applies ? '' : 'No effect. '}${meaning} |`;
  });
  return ['| setting | until it is set | meaning |', '|---|---|---|', ...rows, ''].join('\n');
}

export function settingsHelp(): string {
  const width = Math.max(...SETTINGS.map((setting) => setting.env.length));
  const indent = ' '.repeat(width + 4);
  return SETTINGS.map((setting) => {
    const value = shownDefault(setting);
    const meaning = setting.meaning.replaceAll('`', '') + (value === '' ? '' : ` [${value}]`);
    return `  ${setting.env.padEnd(width)}  ${wrap(meaning, 110 - indent.length).join(`\n${indent}`)}`;
  }).join('\n');
}

function wrap(sentence: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of sentence.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
