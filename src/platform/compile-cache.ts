import nodeModule from 'node:module';

/** Lets Node keep compiled code between starts, where it can (22.8 and later): the start is mostly the compiling of libraries. */
export function enableCompileCache(): void {
  (nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();
}
