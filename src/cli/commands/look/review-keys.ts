import { personName } from '../../../compose/machine.ts'
import { OffpeakError } from '../../../domain/errors.ts'
import type { VerdictName } from '../../../domain/verdict.ts'
import type { NewVerdict } from '../../../engine/review/give-verdict.ts'
import type { ReviewItem, ReviewQueue } from '../../../engine/review/queue.ts'
import type { Project } from '../../../compose/project.ts'
import { acceptance } from '../../../planning/waiting/acceptance.ts'
import type { CommandContext } from '../../command.ts'
import { cleanKey } from '../../screen/clean.ts'
import { asOffpeakError, failureLines } from '../../screen/failure.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import { prettyAnswer } from '../../screen/views/asked-view.ts'
import { acceptedWords, answerView, type ShownAnswer } from '../../screen/views/review-view.ts'
import { editText } from './edit-text.ts'
import { parseExactJson } from '../../../planning/text/exact-numbers.ts'

/** The review at a terminal: a person judges what nobody has judged yet, one answer at a time. */
export async function reviewOneByOne(
  context: CommandContext,
  offpeak: Project,
  queue: ReviewQueue,
): Promise<void> {
  const session = new Session(context, offpeak, queue)
  await session.run()
}

class Session {
  readonly #context: CommandContext
  readonly #offpeak: Project
  readonly #queue: ReviewQueue
  readonly #todo: readonly ReviewItem[]
  /** What was said in this session, oldest first. */
  readonly #said: VerdictName[] = []

  constructor(context: CommandContext, offpeak: Project, queue: ReviewQueue) {
    this.#context = context
    this.#offpeak = offpeak
    this.#queue = queue
    this.#todo = queue.items.filter(({ verdict }) => verdict === null)
  }

  async run(): Promise<void> {
    const { say } = this.#context
    for (;;) {
      const item = this.#todo[this.#said.length]
      if (!item) {
        if (await this.#thinksBetter()) continue
        break
      }
      const answer = await this.#look(item)
      if ((await this.#judge(item, answer)) === 'quit') break
    }
    const judged = this.#counts()
    say(
      `\n  ${plural(this.#said.length, 'answer')} judged${judged === null ? '' : `, ${acceptedWords(judged)}`}. ${
        this.#said.length < this.#todo.length
          ? `${formatCount(this.#todo.length - this.#said.length)} left.`
          : 'None is left.'
      }`,
    )
  }

  /** Behind the last answer: whether the person goes back to it. */
  async #thinksBetter(): Promise<boolean> {
    if (this.#said.length === 0) return false
    const { say, paintWords, io } = this.#context
    say(`\n  That was the last one.  ${paintWords.strong('u')} undo · ${paintWords.strong('q')} quit`)
    return (await io.key()) === 'u' && (await this.#undo())
  }

  async #look({ key, score }: ReviewItem): Promise<ShownAnswer> {
    const { run, row, request, text, output, outcome, reason } = await this.#offpeak.record(
      this.#queue.run,
      key,
    )
    const answer = { run, key, row, request, text, output, outcome, reason, score }
    this.#draw(answer, false)
    return answer
  }

  /** The answer in the terminal's height, or whole. */
  #draw(answer: ShownAnswer, whole: boolean): void {
    const { print, paint, io } = this.#context
    const rows = whole ? Infinity : (io.stdout.rows?.() ?? Infinity)
    print(answerView(answer, this.#progress(), paint, { columns: io.stdout.columns(), rows }))
  }

  /** Serves keys until one has led on to another answer. */
  async #judge(item: ReviewItem, answer: ShownAnswer): Promise<'next' | 'quit'> {
    const { io } = this.#context
    this.#hint()
    for (;;) {
      const key = await io.key()
      try {
        if (key === null || key === 'q') return 'quit'
        if (key === 'v') {
          this.#draw(answer, true)
          this.#hint()
        }
        if (key === 'a' && (await this.#say(item, { verdict: 'accept' }))) return 'next'
        if (key === 's' && (await this.#say(item, { verdict: 'skip' }))) return 'next'
        if (key === 'r' && (await this.#reject(item))) return 'next'
        if (key === 'e' && (await this.#edit(item, answer))) return 'next'
        if (key === 'u' && (await this.#undo())) return 'next'
      } catch (thrown) {
        const error = asOffpeakError(thrown)
        if (error.code === 'E_BUG') throw thrown
        this.#fail(error)
      }
    }
  }

  async #say(
    { key }: ReviewItem,
    said: Pick<NewVerdict, 'verdict' | 'patch'> & { readonly reason?: string | null },
  ): Promise<boolean> {
    const { outcome, wrote } = await this.#offpeak.review({
      run: this.#queue.run,
      key,
      by: personName(),
      reason: null,
      ...said,
    })
    this.#said.push(said.verdict)
    this.#context.say(`  ${cleanKey(key)}: ${said.verdict}${wrote ? ', written' : ''} (${outcome})`)
    return true
  }

  async #reject(item: ReviewItem): Promise<boolean> {
    const reason = await this.#context.io.ask('  Why? (Enter: no reason, Esc: back) ')
    if (reason === null) return false
    return this.#say(item, { verdict: 'reject', reason: reason.trim() === '' ? null : reason.trim() })
  }

  async #edit(item: ReviewItem, { text, output }: ShownAnswer): Promise<boolean> {
    const { environment } = this.#offpeak.config
    const editor = environment.get('VISUAL') ?? environment.get('EDITOR')
    if (editor === null)
      throw new OffpeakError('E_ENV', 'neither VISUAL nor EDITOR names an editor', {
        fix: 'EDITOR=nano offpeak review …, or accept, reject or skip this one',
      })
    const isJson = (await this.#offpeak.job(this.#queue.job)).job.output !== undefined
    // What fits, or was edited before, is taken as it is; else what the model wrote.
    const before = !isJson
      ? typeof output === 'string'
        ? output
        : (text ?? '')
      : output === null
        ? prettyAnswer(text ?? '')
        : JSON.stringify(output, null, 2)
    const edited = await editText(editor, before, isJson ? 'json' : 'txt')
    if (edited === null) {
      this.#context.say('  Nothing was changed.')
      return false
    }
    return this.#say(item, { verdict: 'edit', patch: isJson ? readJson(edited) : edited.trimEnd() })
  }

  /** Back to the answer before, without what was said of it. */
  async #undo(): Promise<boolean> {
    const { say } = this.#context
    const last = this.#todo[this.#said.length - 1]
    if (!last) {
      say('  Nothing was said yet.')
      return false
    }
    const { wrote } = await this.#offpeak.takeBack(this.#queue.run, last.key)
    this.#said.pop()
    say(`  ${cleanKey(last.key)}: taken back${wrote ? '; what was written stays' : ''}`)
    return true
  }

  #hint(): void {
    const { say, paintWords } = this.#context
    const keys = [
      ['a', 'accept'],
      ['e', 'edit'],
      ['r', 'reject'],
      ['s', 'skip'],
      ['v', 'view all'],
      ['u', 'undo'],
      ['q', 'quit'],
    ] as const
    say(`  ${keys.map(([key, words]) => `${paintWords.strong(key)} ${words}`).join(' · ')}`)
  }

  #fail(error: OffpeakError): void {
    const { say, paintWords, io } = this.#context
    say(
      failureLines(error, {
        paint: paintWords,
        columns: io.stderr.columns(),
        verbose: false,
        money: 'Nothing was said of it yet; press another key.',
      }).join('\n'),
    )
  }

  /** `37 of 100 · accepted 94 % (±5)`. */
  #progress(): string {
    const { items } = this.#queue
    const place = items.length - this.#todo.length + this.#said.length + 1
    const judged = this.#counts()
    return `${formatCount(place)} of ${formatCount(items.length)}${judged === null ? '' : ` · ${acceptedWords(judged)}`}`
  }

  #counts(): ReturnType<typeof acceptance> {
    const { verdicts: given } = this.#queue
    const of = (...names: readonly VerdictName[]): number =>
      names.reduce((sum, name) => sum + given[name], 0) +
      this.#said.filter((verdict) => names.includes(verdict)).length
    return acceptance(of('accept', 'edit'), of('accept', 'edit', 'reject'))
  }
}

/** What a person has written, as data. Throws E_USAGE. */
function readJson(text: string): unknown {
  try {
    return parseExactJson(text)
  } catch (thrown) {
    throw new OffpeakError('E_USAGE', 'the edited output is no JSON', {
      fix: 'press e again; the file begins with the answer as it was',
      cause: thrown,
    })
  }
}
