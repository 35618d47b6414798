/** Reads `--name value` and `--flag` from arguments. What is left stands in `rest`. */
export function options(args: string[], flags: string[] = []): { values: Record<string, string>; rest: string[] } {
  const values: Record<string, string> = {};
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (!arg.startsWith('--')) {
      rest.push(arg);
    } else if (flags.includes(arg.slice(2))) {
      values[arg.slice(2)] = 'true';
    } else {
      values[arg.slice(2)] = args[++i] ?? '';
    }
  }
  return { values, rest };
}
