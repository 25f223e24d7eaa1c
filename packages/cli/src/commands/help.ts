/** `tendril help [COMMAND]`. */
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { badUsage } from '../flag-values.ts';
import { commandHelp, programHelp } from '../help.ts';
import { printable } from '../output/printable.ts';

export const help: Command = {
  name: 'help',
  summary: 'help.summary',
  usage: 'help [COMMAND]',
  examples: [{ line: 'help search', summary: 'help.example.command' }],
  flags: {},

  async run({ positionals: [name], stdout, messages }) {
    // The registry lists this command too: importing it above would be a circle.
    const { COMMANDS } = await import('./registry.ts');
    if (name === undefined) {
      await stdout.write(programHelp(COMMANDS, messages));
      return EXIT.ok;
    }
    const command = COMMANDS.find((candidate) => candidate.name === name);
    if (!command) {
      throw badUsage(messages.text('say.usage.noCommand', { command: printable(name) }));
    }
    const flags = { ...command.flags, ...(await command.moreFlags?.()) };
    await stdout.write(commandHelp(command, flags, messages));
    return EXIT.ok;
  },
};
