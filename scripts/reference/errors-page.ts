import { type ErrorCode, errorCodes } from '../../src/domain/errors.ts'
import { statusOf } from '../../src/server/problem.ts'
import { errorWords } from './error-words.ts'
import { generated } from './generated.ts'

const who = {
  user: 'you: configuration, job or data',
  provider: 'the provider',
  machine: 'the machine, or a service it needs',
  bug: 'Offpeak',
} as const

/** The codes in the order of the list. */
const codes = Object.keys(errorCodes).filter((name): name is ErrorCode => Object.hasOwn(errorCodes, name))

/** The whole text of `docs/reference/errors.md`. */
export function errorsPage(): string {
  return `# Errors by code

${generated('the list of codes', 'src/domain/errors.ts')}

Every error says what happened, where, how to fix it, and whether money moved. Its code is in the last line on the command
line, in \`code\` of a problem in REST, and in \`code\` of the \`OffpeakError\` that the library throws.

${codes.map(section).join('\n')}`
}

function section(code: ErrorCode): string {
  const { who: party, exit } = errorCodes[code]
  const { cause, fix } = errorWords[code]
  return `## ${code}

${cause}

- Fix: ${fix}
- Who can act: ${who[party]}. Exit code ${exit}, HTTP status ${statusOf[code]}.
`
}
