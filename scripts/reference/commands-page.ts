import { type Command, groups } from '../../src/cli/command.ts'
import { type CommandEntry, commands } from '../../src/cli/commands.ts'
import type { Flag } from '../../src/wording/commands/flags.ts'
import { globalFlags } from '../../src/cli/globals.ts'
import { generated } from './generated.ts'

/** The whole text of `docs/reference/commands.md`. */
export async function commandsPage(): Promise<string> {
  const loaded = await Promise.all(
    commands.map(async (entry) => ({ entry, command: (await entry.load()).command })),
  )
  const sections = groups.map((group) =>
    [
      `## ${group}`,
      '',
      ...loaded
        .filter(({ entry }) => entry.group === group)
        .map(({ entry, command }) => section(entry, command)),
    ].join('\n'),
  )
  return `# Command reference

${generated('the definitions of the commands', 'src/cli/commands/')}

\`npx offpeak <command> --help\` shows the same in a terminal. Data goes to stdout and words to stderr; with \`--json\` every
command prints JSON with a \`schema\`. [Exit codes](../operations.md#exit-codes) are the same for all commands.

## Options for every command

${optionTable(globalFlags)}

${sections.join('\n')}`
}

function section({ synopsis, summary, aliases }: CommandEntry, command: Command): string {
  const words = [
    `### offpeak ${synopsis.split(' ', 1).join('')}`,
    '',
    `\`offpeak ${synopsis}\`: ${cell(summary)}.${aliases.length === 0 ? '' : ` Also ${aliases.map((name) => `\`offpeak ${name}\``).join(', ')}.`}`,
    '',
  ]
  if (command.arguments.length > 0)
    words.push(
      '| argument | meaning |',
      '|---|---|',
      ...command.arguments.map(({ syntax, summary: meaning }) => `| \`${syntax}\` | ${cell(meaning)} |`),
      '',
    )
  if (Object.keys(command.options).length > 0) words.push(optionTable(command.options), '')
  words.push(...command.notes.flatMap((note) => [cell(note), '']))
  words.push('```sh', ...command.examples, '```', '')
  return words.join('\n')
}

function optionTable(flags: Readonly<Record<string, Flag<unknown>>>): string {
  const rows = Object.values(flags).map(({ syntax, summary, choices, repeat }) => {
    const further = [
      ...(choices === undefined ? [] : [`one of ${choices.map((choice) => `\`${choice}\``).join(', ')}`]),
      ...(repeat ? ['may be repeated'] : []),
    ]
    return `| \`${syntax}\` | ${cell([summary, ...further].join('; '))} |`
  })
  return ['| option | meaning |', '|---|---|', ...rows].join('\n')
}

function cell(words: string): string {
  return words.replaceAll('|', '\\|').replaceAll('<', '\\<').replaceAll('\n', ' ')
}
