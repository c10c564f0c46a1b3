import { OffpeakError } from '../../domain/errors.ts'

const maxValues = 100_000

/** A moment of a tally, and what was counted right after it. Earlier moments are forgotten unless somebody holds them. */
export interface Moment {
  next: { readonly value: string; readonly moment: Moment } | null
}

/** How many records of each value were let through, now and at any moment that somebody has kept. */
export class Tally {
  readonly #counts: Map<string, number>
  now: Moment = { next: null }

  constructor(counts: Iterable<readonly [string, number]>) {
    this.#counts = new Map(counts)
  }

  of(value: string): number {
    return this.#counts.get(value) ?? 0
  }

  /** Throws E_SOURCE_ROW when there are too many values to remember. */
  add(value: string): void {
    this.#counts.set(value, this.of(value) + 1)
    if (this.#counts.size > maxValues) {
      throw new OffpeakError('E_SOURCE_ROW', 'limitPer has met more than 100,000 values of its field', {
        fix: 'Name a field with fewer values, or rank the rows in the query: row_number() over (partition by …).',
      })
    }
    const moment: Moment = { next: null }
    this.now.next = { value, moment }
    this.now = moment
  }

  at(moment: Moment): readonly (readonly [string, number])[] {
    const counts = new Map(this.#counts)
    for (let later = moment.next; later !== null; later = later.moment.next) {
      const before = (counts.get(later.value) ?? 0) - 1
      if (before === 0) counts.delete(later.value)
      else counts.set(later.value, before)
    }
    return [...counts]
  }
}
