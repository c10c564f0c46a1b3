import { outcomes, type Outcome } from '../../../domain/outcome.ts'
import type { Acceptance } from '../../../planning/waiting/acceptance.ts'
import { askedMessages, prettyAnswer } from './asked-view.ts'
import { cleanKey, cleanLine, cleanText } from '../clean.ts'
import { formatCount } from '../../../wording/count.ts'
import type { Paint } from '../paint.ts'
import { shortenMiddle } from '../text-width.ts'
import { fitLines } from '../wrap.ts'

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

/** The room that a view has; `rows` is Infinity where nothing scrolls away. */
export interface ViewRoom {
  readonly columns: number
  readonly rows: number
}

const labelWidth = 8
const margin = 2 + labelWidth + 2
/** Lines of the screen that are none of the question's or the answer's: a blank one, the head, the state, the keys, the cursor. */
const otherLines = 5
const leastLines = 2
const keyColumns = 40

interface Section {
  readonly label: string
  readonly lines: readonly string[]
}

/**
 * The view of an answer for a person, as `offpeak show` has it: what was asked, then what came back. Both are cut to
 * the terminal, so that head and answer never scroll away; what is left out is counted.
 */
export function answerView(answer: ShownAnswer, progress: string, paint: Paint, room: ViewRoom): string {
  const { key, run, outcome, reason, score, text } = answer
  const words = `${outcome}: ${outcomes[outcome].words}${reason === null ? '' : ` (${cleanLine(reason)})`}`
  const tone = outcome === 'merged' ? paint.good : outcomes[outcome].person ? paint.warn : paint.faint
  const scored = score === null ? '' : `   scored ${score.toFixed(2)}`
  const head = `  ${paint.strong(`record ${shortenMiddle(cleanKey(key), keyColumns)}`)} of run ${run}${scored}   ${paint.faint(progress)}`
  const state = inColumns('Is', words, room.columns)
  const answered = inColumns('Answer', text === null ? 'no text' : prettyAnswer(text), room.columns)
  const asked = questionOf(answer).map(([label, said]) => inColumns(label, said, room.columns))
  const left = room.rows - otherLines - (state.lines.length - 1)
  const wanted = answered.lines.length + asked.reduce((sum, { lines }) => sum + lines.length, 0)
  // The answer is what is judged: the question gives way first, down to a third.
  const forAnswer =
    wanted <= left
      ? Infinity
      : Math.max(leastLines, Math.min(answered.lines.length, Math.ceil((left * 2) / 3)))
  const forAsked = wanted <= left ? Infinity : Math.max(leastLines, left - forAnswer)
  return [
    '',
    head,
    ...drawn(state, Infinity, paint, tone),
    ...fitSections(asked, forAsked).flatMap(([section, most]) => drawn(section, most, paint)),
    ...drawn(answered, forAnswer, paint),
  ].join('\n')
}

/** The conversation that was sent, the last message first in line for room; the row, where nobody knows what was sent. */
function questionOf({ request, row }: ShownAnswer): readonly (readonly [string, string])[] {
  const messages = askedMessages(request)
  if (messages.length > 0) return messages
  const asked = row ?? request
  return asked === null || asked === undefined
    ? []
    : [[row === null || row === undefined ? 'Asked' : 'Row', JSON.stringify(asked, null, 2)]]
}

/** How many lines each section has: one for what comes first, as instructions do, the rest for the last. */
function fitSections(
  sections: readonly Section[],
  most: number,
): readonly (readonly [section: Section, most: number])[] {
  if (most === Infinity) return sections.map((section) => [section, Infinity] as const)
  const shown = sections.slice(-Math.max(1, Math.floor(most)))
  const last = most - (shown.length - 1)
  return shown.map((section, at) => [section, at === shown.length - 1 ? last : 1] as const)
}

function inColumns(label: string, text: string, columns: number): Section {
  const width = Math.max(20, columns - margin)
  return {
    label,
    lines: fitLines(cleanText(text).trimEnd(), width).split('\n'),
  }
}

function drawn(
  { label, lines }: Section,
  most: number,
  paint: Paint,
  tone: (text: string) => string = (text) => text,
): readonly string[] {
  const kept = lines.length <= most ? lines : lines.slice(0, Math.max(1, most - 1))
  const rest = lines.length - kept.length
  const isShort = most <= 1
  const more = rest === 0 ? '' : `… ${formatCount(rest)} more ${rest === 1 ? 'line' : 'lines'}; v shows all`
  const shown = kept.map(
    (line, at) => `  ${paint.faint((at === 0 ? label : '').padEnd(labelWidth))}  ${tone(line)}`,
  )
  if (more === '') return shown
  return isShort
    ? [`${shown[0] ?? ''} ${paint.faint('…')}`]
    : [...shown, `${' '.repeat(margin)}${paint.faint(more)}`]
}
