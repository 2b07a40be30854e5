/** The code of a kernel in base64: of `kernels/NAME-kernel.ts`. */
export function compiled(name: string): Promise<string>;
