import { exits } from './exit-codes.ts'
import { createInterface } from 'node:readline'
import { readLauncher } from '../config/launcher.ts'
import { readTerminal } from '../config/terminal.ts'
import { nextKey } from './next-key.ts'

/** Where words or data go. */
export interface Output {
  readonly write: (text: string) => void
  /** Waits until what was written is taken; false when nobody reads any more. Absent: it always is. */
  readonly flushed?: () => Promise<boolean>
  /** Why what was written did not arrive, as on a full disk; null: it did, or its reader has gone. Absent: it always does. */
  readonly failure?: () => Error | null
  readonly isTty: boolean
  /** Whether colours may be used, before `--no-color` is asked. */
  readonly color: boolean
  /** Characters in a line; read anew each time, as people resize windows. */
  readonly columns: () => number
  /** Lines that stay in sight; Infinity where nothing scrolls away. Absent: the same. */
  readonly rows?: () => number
}

/** The requests to end that a process gets from a terminal, a service manager or a container. */
const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
export type EndSignal = (typeof endSignals)[number]

/** The world around one call of the CLI, so that tests can hand in their own. */
export interface Io {
  /** Data. */
  readonly stdout: Output
  /** Words. */
  readonly stderr: Output
  /** What people type for the next command; `offpeak` when left out. */
  readonly launcher?: string
  readonly stdinIsTty: boolean
  readonly cwd: string
  readonly now: () => number
  /** Prints the question and reads one line; null on Esc, Ctrl-C and end of input. */
  readonly ask: (question: string) => Promise<string | null>
  /** Waits for one key; null on Ctrl-C, Ctrl-D, Esc and end of input. */
  readonly key: () => Promise<string | null>
  /** What asked the process last to end; null: nothing did. Absent: the same. */
  readonly signal?: () => EndSignal | null
  /** Calls back at each Ctrl-C or request to end, until told to stop. */
  readonly onInterrupt: (listener: () => void) => () => void
  /** Ends the process at once. */
  readonly leave: (exitCode: number) => void
}

/** Columns where nobody can tell. */
const defaultColumns = 80

/**
 * The real world of this process, which is for one call: what else is written to its stdout, as by `console.log` in a job
 * file, goes to stderr, since stdout is data.
 */
export function processIo(): Io {
  const terminal = readTerminal()
  const asked: { signal: EndSignal | null } = { signal: null }
  const output = (stream: NodeJS.WriteStream): Output => {
    let failure: Error | null = null
    const write = stream.write.bind(stream)
    // A reader that has gone (`| head`) is no failure of ours. Another failure is told when the command has ended: what
    // it has on the wire is not to end with its words.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') failure ??= error
    })
    return {
      write: (text) => void write(text),
      failure: () => failure,
      flushed: () => flushed(stream),
      isTty: stream.isTTY && !terminal.dumb,
      color: terminal.color ?? (stream.isTTY && !terminal.dumb),
      rows: () => (stream.isTTY && stream.rows > 0 ? stream.rows : Infinity),
      columns: () => (stream.isTTY && stream.columns > 0 ? stream.columns : defaultColumns),
    }
  }
  const [stdout, stderr] = [output(process.stdout), output(process.stderr)]
  process.stdout.write = process.stderr.write.bind(process.stderr)
  return {
    stdout,
    stderr,
    signal: () => asked.signal,
    launcher: readLauncher(),
    stdinIsTty: process.stdin.isTTY,
    cwd: process.cwd(),
    now: () => Date.now(),
    ask: askOnTerminal,
    key: nextKey,
    onInterrupt(listener) {
      const hear = (signal: NodeJS.Signals): void => {
        asked.signal = endSignals.find((each) => each === signal) ?? null
        listener()
      }
      for (const signal of endSignals) process.on(signal, hear)
      return () => {
        for (const signal of endSignals) process.off(signal, hear)
      }
    },
    leave: (exitCode) => process.exit(exitBySignal(exitCode, asked.signal)),
  }
}

/** What shells show for a process that a signal has ended: 128 and the number of the signal (signal(7)). */
const exitOf: Readonly<Record<EndSignal, number>> = {
  SIGINT: exits.interrupted,
  SIGTERM: exits.terminated,
  SIGHUP: 129,
}

/** The exit code of a command that was asked to end before it was over, and has stopped in order. */
export function exitBySignal(exit: number, signal: EndSignal | null): number {
  return exit === exits.interrupted && signal !== null ? exitOf[signal] : exit
}

async function flushed(stream: NodeJS.WriteStream): Promise<boolean> {
  if (stream.writableNeedDrain && !stream.destroyed) {
    const events = ['drain', 'close', 'error'] as const
    const { promise, resolve } = Promise.withResolvers<void>()
    for (const event of events) stream.on(event, resolve)
    await promise
    for (const event of events) stream.off(event, resolve)
  }
  return !stream.destroyed && stream.errored === null
}

/** The question goes to stderr, so that stdout stays data. */
async function askOnTerminal(question: string): Promise<string | null> {
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: true })
  try {
    return await new Promise((resolve) => {
      let answered = false
      const no = (): void => {
        if (!answered) process.stderr.write('\n')
        answered = true
        resolve(null)
      }
      process.stdin.on('keypress', (_text: string, key: { readonly name?: string } | undefined) => {
        if (key?.name === 'escape') no()
      })
      lines.once('SIGINT', no)
      lines.once('close', no)
      lines.question(question, (line) => {
        answered = true
        resolve(line)
      })
    })
  } finally {
    process.stdin.removeAllListeners('keypress')
    lines.close()
  }
}
