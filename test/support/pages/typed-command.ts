import { findCommand } from '../../../src/cli/commands.ts'
import { globalFlags } from '../../../src/cli/globals.ts'
import { parseArguments } from '../../../src/cli/parse.ts'
import { OffpeakError } from '../../../src/domain/errors.ts'

const shellWords = /'(?:[^']*)'|"(?:[^"]*)"|[^\s'"]+/g

/** Why a command cannot be typed so; null: it can. A mention need not name what it is called with. */
export async function whyNotTyped(command: string): Promise<string | null> {
  const words = (command.match(shellWords) ?? []).filter((word) => !/^[[…]/.test(word))
  const [, name = '', ...rest] = words
  const entry = findCommand(name)
  if (entry === null) return `there is no command ${name}`
  const { command: known } = await entry.load()
  try {
    parseArguments(
      {
        called: `offpeak ${known.name}`,
        arguments: known.arguments,
        options: { ...globalFlags, ...known.options },
      },
      rest.map((word) => word.replaceAll(/^['"]|['"]$/g, '')),
    )
    return null
  } catch (thrown) {
    if (!(thrown instanceof OffpeakError)) throw thrown
    return /missing argument/.test(thrown.message) ? null : thrown.message
  }
}
