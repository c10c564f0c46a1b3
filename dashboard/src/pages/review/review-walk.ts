import type { ReviewQueue, VerdictName } from '../../../../src/server/contract/review.ts'

export type ReviewItem = ReviewQueue['items'][number]

/** What was said of a record, and what had been said of it before. */
export interface Said {
  readonly key: string
  readonly verdict: VerdictName
  readonly before: VerdictName | null
}

/** A list of answers as a person goes through it. It stays as it was read, whatever becomes of its records. */
export interface ReviewWalk {
  readonly items: readonly ReviewItem[]
  /** The place in the list, from 0; behind the last one is the end. */
  readonly at: number
  /** What is said of the records now. */
  readonly verdicts: ReadonlyMap<string, VerdictName>
  /** What was said in this walk, oldest first. */
  readonly said: readonly Said[]
  /** What was said of records that are not in the list. */
  readonly elsewhere: ReviewQueue['verdicts']
}

/** Begins at the first record of which nobody has said anything. */
export function beginWalk({ items, verdicts: given }: Pick<ReviewQueue, 'items' | 'verdicts'>): ReviewWalk {
  const verdicts = new Map<string, VerdictName>()
  const elsewhere = { ...given }
  for (const { key, verdict } of items)
    if (verdict !== null) {
      verdicts.set(key, verdict)
      elsewhere[verdict] = Math.max(0, elsewhere[verdict] - 1)
    }
  const walk = { items, verdicts, said: [], elsewhere, at: items.length }
  return { ...walk, at: nextOpen(walk, -1) }
}

/** Says something of a record, and goes on to the next one of which nothing is said. */
export function say(walk: ReviewWalk, key: string, verdict: VerdictName): ReviewWalk {
  const before = walk.verdicts.get(key) ?? null
  const verdicts = new Map(walk.verdicts).set(key, verdict)
  const place = placeOf(walk, key)
  return {
    ...walk,
    verdicts,
    said: [...walk.said, { key, verdict, before }],
    at: nextOpen({ ...walk, verdicts }, place < 0 ? walk.at : place),
  }
}

/** Puts a record back of which the server has not taken what was said; `stay`: without going back to it. */
export function refuse(walk: ReviewWalk, { key, before }: Said, stay: boolean = false): ReviewWalk {
  return { ...withVerdict(walk, key, before), at: stay ? walk.at : Math.max(0, placeOf(walk, key)) }
}

/** Forgets what is said of a record, and goes back to it. */
export function forget(walk: ReviewWalk, key: string): ReviewWalk {
  return { ...withVerdict(walk, key, null), at: Math.max(0, placeOf(walk, key)) }
}

/** Goes on or back, whatever was said; behind the last one is the end. */
export function step(walk: ReviewWalk, by: number): ReviewWalk {
  return { ...walk, at: Math.max(0, Math.min(walk.items.length, walk.at + by)) }
}

/** The record whose verdict goes when a person thinks better: the one in sight, else the last that was judged. */
export function toUndo({ items, at, verdicts, said }: ReviewWalk): string | null {
  const current = items[at]?.key
  if (current !== undefined && verdicts.has(current)) return current
  return said.at(-1)?.key ?? null
}

/** All that was said of the list, with what was said before. */
export function givenIn({ elsewhere, verdicts }: ReviewWalk): ReviewQueue['verdicts'] {
  const given = { ...elsewhere }
  for (const verdict of verdicts.values()) given[verdict] += 1
  return given
}

/** Says of a record what was said before, without a move. */
export function keep(walk: ReviewWalk, key: string, verdict: VerdictName): ReviewWalk {
  return withVerdict(walk, key, verdict)
}

function withVerdict(walk: ReviewWalk, key: string, verdict: VerdictName | null): ReviewWalk {
  const verdicts = new Map(walk.verdicts)
  if (verdict === null) verdicts.delete(key)
  else verdicts.set(key, verdict)
  return { ...walk, verdicts, said: walk.said.filter((other) => other.key !== key) }
}

function placeOf({ items }: Pick<ReviewWalk, 'items'>, key: string): number {
  return items.findIndex((item) => item.key === key)
}

/** The next record after a place of which nothing is said, else the first before it, else the end. */
function nextOpen({ items, verdicts }: Pick<ReviewWalk, 'items' | 'verdicts'>, after: number): number {
  const isOpen = ({ key }: ReviewItem): boolean => !verdicts.has(key)
  const next = items.findIndex((item, place) => place > after && isOpen(item))
  if (next >= 0) return next
  const before = items.findIndex(isOpen)
  return before >= 0 ? before : items.length
}
