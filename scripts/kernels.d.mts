/** The code of the kernel in base64. */
export function compiledKernel(): Promise<string>;
