import { didYouMean } from '../../../planning/text/near-names.ts'
import type { RunResult } from '../../../engine/queries/results.ts'

const shownNames = 20

/** The wanted parts of an output (`output.headnote`) that no output has, learned while results pass. */
export class SeenFields {
  readonly #wanted: ReadonlySet<string>
  readonly #missing: Set<string>
  readonly #names = new Set<string>()
  #outputs = 0

  constructor(fields: readonly string[]) {
    const parts = fields.filter((field) => field.startsWith('output.'))
    this.#wanted = new Set(parts.map((field) => field.slice('output.'.length)))
    this.#missing = new Set(this.#wanted)
  }

  async *noting(results: AsyncIterable<RunResult>): AsyncGenerator<RunResult, void> {
    for await (const result of results) {
      if (this.#missing.size > 0) this.#note(result)
      yield result
    }
  }

  /** A sentence for each wanted part that is in none of the outputs; none where no record has an output. */
  unknown(): readonly string[] {
    if (this.#outputs === 0) return []
    const names = [...this.#names]
    const has = names.length === 0 ? 'The outputs are no objects.' : `The outputs have: ${names.join(', ')}.`
    return [...this.#missing].map((name) => `No output has a field ${name}.${didYouMean(name, names)} ${has}`)
  }

  #note({ output }: RunResult): void {
    if (output === null) return
    this.#outputs += 1
    if (typeof output !== 'object' || Array.isArray(output)) return
    for (const name of Object.keys(output)) {
      this.#missing.delete(name)
      if (this.#names.size < shownNames) this.#names.add(name)
    }
  }
}
