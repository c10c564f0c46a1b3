import { editDistance } from '../planning/text/near-names.ts'
import type { Flag } from '../wording/commands/flags.ts'

/** So many letters may be wrong, and so large a share of a word must be right. */
const mostWrong = 3
const leastRight = 0.4

/**
 * The option that was probably meant by one that is not known, as it is typed: an option whose choice it is
 * (`--csv`: `--format csv`), or one with nearly this name; null: none is near.
 */
export function optionMeant(word: string, flags: Iterable<Flag<unknown>>): string | null {
  const wanted = nameIn(word)
  const known = [...flags].map(({ syntax, choices }) => ({ long: longOf(syntax), choices }))
  const chosen = known.find(({ choices }) => choices?.includes(wanted) === true)
  if (chosen) return `${chosen.long} ${wanted}`
  const [near] = known
    .map(({ long }) => {
      const name = nameIn(long)
      const wrong = editDistance(wanted, name)
      return { long, wrong, right: 1 - wrong / Math.max(wanted.length, name.length) }
    })
    .filter(({ wrong, right }) => wrong <= mostWrong && right > leastRight)
    .toSorted((one, other) => one.wrong - other.wrong)
  return near?.long ?? null
}

function nameIn(word: string): string {
  return word.replace(/^-+/, '').split(/[ =]/, 1)[0]?.toLowerCase() ?? ''
}

function longOf(syntax: string): string {
  return syntax.split(/[ ,]+/).find((part) => part.startsWith('--')) ?? syntax
}
