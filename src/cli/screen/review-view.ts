import { outcomes, type Outcome } from '../../domain/outcome.ts'
import type { Acceptance } from '../../planning/acceptance.ts'
import { cleanKey, cleanLine, cleanText } from './clean.ts'
import { formatCount } from './format.ts'
import type { Paint } from './paint.ts'
import { labelled } from './table.ts'

/** `accepted 94 % (±5)`. */
export function acceptedWords({ percent, errorPercent }: Acceptance): string {
  return `accepted ${Math.round(percent)} % (±${Math.ceil(errorPercent)})`
}

/** One answer as a person judges it. */
export interface ShownAnswer {
  readonly run: string
  readonly key: string
  readonly outcome: Outcome
  readonly reason: string | null
  readonly score: number | null
  /** The row, when the run keeps rows. */
  readonly row: unknown
  /** The body that was sent. */
  readonly request: unknown
  readonly text: string | null
  /** In the shape of the job's schema; null when nothing fits it. */
  readonly output: unknown
}

const shownCharacters = 4_000
const shownRowCharacters = 1_500

/** What a person sees of an answer, below how far the review is. */
export function answerView(answer: ShownAnswer, progress: string, paint: Paint): string {
  const { key, run, outcome, reason, score, row, request, text } = answer
  const scored = score === null ? '' : `   scored ${score.toFixed(2)}`
  const head = `  ${paint.strong(`record ${cleanKey(key)}`)} of run ${run}${scored}   ${paint.faint(progress)}`
  const asked = row ?? request
  const body = labelled(
    [
      ['Is', `${outcome}: ${outcomes[outcome].words}${reason === null ? '' : ` (${cleanLine(reason)})`}`],
      asked === null
        ? null
        : [row === null ? 'Asked' : 'Row', fit(JSON.stringify(asked, null, 2), shownRowCharacters)],
      ['Answer', text === null ? paint.faint('no text') : fit(pretty(text), shownCharacters)],
    ],
    paint,
  )
  return `\n${head}\n${body}`
}

function fit(text: string, most: number): string {
  const clean = cleanText(text).trimEnd()
  return clean.length <= most ? clean : `${clean.slice(0, most)}… (${formatCount(clean.length)} characters)`
}

/** JSON answers are easier to read with line breaks. */
export function pretty(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? JSON.stringify(value, null, 2) : text
  } catch {
    return text
  }
}
