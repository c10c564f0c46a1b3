import type { Answer } from '../../domain/request.ts'
import type { ChatModel, EmbeddingModel } from '../../ports/model.ts'

/** A service that runs on this machine: a small server of the kit, or an emulator. */
export interface OpenedService extends AsyncDisposable {
  /** Its origin, as `http://127.0.0.1:4101`. */
  readonly url: string
  /** A key that it takes. */
  readonly key: string
  /** Lets the batches that were made come to their end. */
  finish(): Promise<void> | void
}

/** A line of results as the service writes it, and what it says. */
export interface SampleLine {
  readonly line: unknown
  readonly customId: string | null
  /** Such fields of the answer as are told. */
  readonly answer: Partial<Answer>
}

/** The description of a provider for its suite. */
export interface ProviderKit {
  readonly name: string
  /** Starts the service with nothing in it. Nobody else asks it. */
  readonly open: () => Promise<OpenedService>
  /** The environment of a project that asks the service at this origin with this key. */
  readonly env: (at: { readonly url: string; readonly key: string }) => Readonly<Record<string, string>>
  /** A model that answers prompts, one that makes vectors, or both; most need not be told the origin. */
  readonly chat?: (url: string) => ChatModel
  readonly embedding?: (url: string) => EmbeddingModel
  /** A server of one's own, with nothing before it: its 503 means that it has not begun, whoever words it. */
  readonly isOwnServer?: boolean
  /** The media types of the files that a prompt may have along; none when left out. */
  readonly mediaTypes?: readonly string[]
  /** Lines of results, of each kind that the service writes. */
  readonly lines: readonly [SampleLine, ...SampleLine[]]
  /** What its files of results hold besides lines, if anything. */
  readonly notLines?: readonly unknown[]
}
