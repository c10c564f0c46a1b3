import { messageOf, OffpeakError } from './errors.ts'

/** Where Offpeak's own modules lie: `src/` of a clone, `dist/` of the package. */
const ownRoot = pathOfUrl(new URL('../', import.meta.url).href)
const frame = /\(([^()]+):(\d+):\d+\)$|at (?:async )?([^()]+):(\d+):\d+$/

/**
 * The line of a project's own file whose code threw, as `notes.job.ts:12`; null when it was Offpeak's own code, or
 * nobody can tell. A library counts as whoever called it.
 */
export function userPlace(thrown: unknown): string | null {
  if (!(thrown instanceof Error)) return null
  for (const line of (thrown.stack ?? '').split('\n')) {
    const found = frame.exec(line)
    const path = pathOf(found?.[1] ?? found?.[3] ?? '')
    if (path === null || path.startsWith('node:')) continue
    if (path.startsWith(ownRoot)) return null
    if (/[\\/]node_modules[\\/]/.test(path)) continue
    return `${path.split(/[\\/]/).at(-1) ?? path}:${found?.[2] ?? found?.[4] ?? ''}`
  }
  return null
}

/**
 * Place and message of what user code threw, to follow `the prompt threw`: ` at notes.job.ts:12: no title`; the place
 * only where it is known.
 */
export function threwWords(thrown: unknown): string {
  const place = userPlace(thrown)
  return `${place === null ? '' : ` at ${place}`}: ${messageOf(thrown)}`
}

function pathOf(text: string): string | null {
  if (text === '' || text === '<anonymous>' || text === 'native') return null
  return text.startsWith('file:') ? pathOfUrl(text) : text
}

/** The path in an address of a file, as stacks have it, on every system. */
function pathOfUrl(url: string): string {
  const path = decodeURIComponent(new URL(url).pathname)
  return /^\/[a-z]:/i.test(path) ? path.slice(1).replaceAll('/', '\\') : path
}

/** A failure of the project's own code as what it is: a mistake to mend there, and no bug of Offpeak. Null: it was not. */
export function asUserFailure(thrown: unknown): OffpeakError | null {
  const place = thrown instanceof OffpeakError ? null : userPlace(thrown)
  if (place === null) return null
  return new OffpeakError('E_JOB_INVALID', `code of the project threw: ${messageOf(thrown)}`, {
    where: place,
    fix: 'fix it there',
    money: 'unknown',
    cause: thrown,
  })
}
