import 'reflect-metadata';
import { COMMANDS } from './cli/commands';

const [first = 'help', ...args] = process.argv.slice(2);
const name = first === '--help' || first === '-h' ? 'help' : first;
const command = COMMANDS[name];
if (!command) {
  process.stderr.write(`${name === 'help' ? '' : `There is no command "${name}".\n`}Commands:\n${Object.entries(COMMANDS).map(([key, c]) => `  ${key.padEnd(16)} ${c.usage}`).join('\n')}\n`);
  process.exit(name === 'help' ? 0 : 2);
}
command.run(args).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
