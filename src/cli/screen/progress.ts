import type { RunStatus } from '../../engine/queries/status.ts'
import type { CommandContext } from '../command.ts'
import type { Io } from '../io.ts'
import { formatUtc } from './format.ts'
import type { Paint } from './paint.ts'
import { progressBlock, progressLine, progressState } from './views/progress-view.ts'
import { waitsOf } from './waits.ts'
import { fitLines } from './wrap.ts'

export interface ProgressOptions {
  readonly io: Pick<Io, 'stderr' | 'now'>
  readonly paint: Paint
  /** Redraw in place; else a line for every change and one a minute. */
  readonly live: boolean
  /** Lines as JSON. */
  readonly json: boolean
  readonly quiet: boolean
  /** The last line of the block: what the keys do. */
  readonly hint: string | null
}

const drawEveryMs = 100
const heartbeatMs = 60_000
const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'
/** A line that is too long is cut and not wrapped, so that the block keeps its number of lines. */
const noWrap = '\u001b[?7l'
const wrap = '\u001b[?7h'

/** The progress of one or several runs on stderr. Owns the lines it has drawn until it is stopped. */
export class Progress implements Disposable {
  readonly #options: ProgressOptions
  #drawn = 0
  #drawnAt = -Infinity
  readonly #said = new Map<string, { readonly state: string; readonly at: number }>()
  readonly #last = new Map<string, RunStatus>()
  #notes: readonly string[] = []
  #alarm: string | null = null

  constructor(options: ProgressOptions) {
    this.#options = options
  }

  /** Whether it is drawn in place. */
  get isLive(): boolean {
    return this.#options.live
  }

  update(status: RunStatus): void {
    const { quiet, live, io } = this.#options
    this.#last.set(status.run, status)
    if (quiet) return
    const now = io.now()
    if (live) {
      if (now - this.#drawnAt >= drawEveryMs) this.#draw(now)
      return
    }
    const state = progressState(status)
    const said = this.#said.get(status.run)
    if (state === said?.state && now - said.at < heartbeatMs) return
    this.#said.set(status.run, { state, at: now })
    io.stderr.write(`${this.#options.json ? progressJson(status, now) : progressLine(status, now)}\n`)
  }

  /** Lines that stand below what is drawn until others take their place; off a terminal, printed when they are news. */
  note(lines: readonly string[]): void {
    const { live, quiet, json, io } = this.#options
    // How long it has been so is no news.
    const isNews = lines.slice(1).join('\n') !== this.#notes.slice(1).join('\n')
    this.#notes = lines
    if (quiet || live || !isNews || lines.length === 0) return
    const at = formatUtc(io.now())
    io.stderr.write(
      json
        ? `${JSON.stringify({ at, level: 'info', message: lines.join(' ') })}\n`
        : `${at} ${lines.join(' ')}\n`,
    )
  }

  /** What everything waits for: drawn at once below all else, as nothing else changes; off a terminal, a line. */
  alarm(words: string): void {
    this.#alarm = words
    this.#redrawOrSay(words)
  }

  /** It is over; `words` says so where lines are printed. */
  calm(words: (now: number) => string): void {
    this.#alarm = null
    this.#redrawOrSay(words(this.#options.io.now()))
  }

  #redrawOrSay(words: string): void {
    const { live, quiet, json, io } = this.#options
    if (quiet) return
    const now = io.now()
    if (live) this.#draw(now)
    else
      io.stderr.write(
        json
          ? `${JSON.stringify({ at: formatUtc(now), level: 'warn', message: words })}\n`
          : `${formatUtc(now)} ! ${words}\n`,
      )
  }

  /** Leaves the last state standing, so that what follows is written below it. */
  stop(): void {
    const { live, quiet, io } = this.#options
    if (!live || quiet || this.#drawn === 0) return
    this.#draw(io.now(), false)
    io.stderr.write(showCursor)
    this.#drawn = 0
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  #draw(now: number, withHint: boolean = true): void {
    const { io, paint, hint } = this.#options
    const columns = io.stderr.columns()
    const lines = [...this.#last.values()].flatMap((status) => progressBlock(status, { paint, columns, now }))
    lines.push(...this.#notes.flatMap((line) => fitLines(`  ${line}`, columns).split('\n').map(paint.warn)))
    if (this.#alarm !== null)
      lines.push(...fitLines(`  ! ${this.#alarm}`, columns).split('\n').map(paint.warn))
    if (withHint && hint !== null) lines.push(paint.faint(hint))
    const up = this.#drawn === 0 ? hideCursor : `\u001b[${this.#drawn}A\r`
    io.stderr.write(`${up}\u001b[J${noWrap}${lines.join('\n')}\n${wrap}`)
    this.#drawn = lines.length
    this.#drawnAt = now
  }
}

function progressJson(status: RunStatus, now: number): string {
  return JSON.stringify({ ...progressEvent(status, now), level: 'info' })
}

/** The progress of a run for programs. */
export function progressEvent(
  status: RunStatus,
  now: number,
): { readonly schema: 'offpeak.progress/2' } & Readonly<Record<string, unknown>> {
  const {
    run,
    job,
    state,
    pauseKind,
    pauseReason,
    selected,
    unchanged,
    counts,
    pending,
    retrying,
    needsAttention,
    money,
  } = status
  const byState: Record<string, number> = {}
  for (const batch of status.batches) byState[batch.state] = (byState[batch.state] ?? 0) + 1
  return {
    schema: 'offpeak.progress/2',
    at: new Date(now).toISOString(),
    run,
    job,
    state,
    pauseKind,
    pauseReason,
    jobChange: status.jobChange,
    waits: waitsOf(status),
    selected,
    unchanged,
    pending,
    retrying,
    needsAttention,
    counts,
    batches: byState,
    money,
  }
}

/** The progress of a command: drawn where somebody sees it, else in lines; none where its output is for machines. */
export function progressOf(
  { io, globals, paintWords }: Pick<CommandContext, 'io' | 'globals' | 'paintWords'>,
  hint: string,
): Progress {
  return new Progress({
    io,
    paint: paintWords,
    live: io.stderr.isTty && !globals.json && globals.logFormat === 'pretty',
    json: globals.logFormat === 'json',
    quiet: globals.quiet || globals.json,
    hint,
  })
}
