import { keyOf, keyParts } from '../../domain/record-key.ts'
import { keyOfTyped, typedParts } from '../../wording/typed-key.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Store } from '../../ports/store.ts'

const keysAtOnce = 500
/** Records that could not be used have the key of their whole, which may have fewer parts than others have. */
const looksAt = 20

/**
 * The keys of a run's records, or of the whole that they are parts of, that were typed: the first of what each text can
 * mean that the run has, or its likely meaning where it has none.
 */
export async function keysMeant(
  store: Pick<Store, 'requests'>,
  run: Pick<RunRow, 'id'>,
  texts: readonly string[],
): Promise<readonly string[]> {
  if (!texts.some((text) => meanings(text, 1).length > 1)) return texts.map((text) => keyOfTyped(text, 1))
  const parts = await partsOf(store, run)
  const meant: string[] = []
  for (let from = 0; from < texts.length; from += keysAtOnce) {
    const could = texts.slice(from, from + keysAtOnce).map((text) => meanings(text, parts))
    const likely = could.map(([first = '']) => first)
    const found = new Set<string | null>()
    for (const { key, partOf } of await store.requests(run.id, { keys: likely, limit: 2 * keysAtOnce }))
      found.add(key).add(partOf)
    for (const keys of could) {
      const [first = ''] = keys
      meant.push(found.has(first) ? first : ((await firstThere(store, run, keys)) ?? first))
    }
  }
  return meant
}

/** Texts that name no record of a run, nor the whole of some of its parts. */
export async function unknownIn(
  store: Pick<Store, 'requests'>,
  run: Pick<RunRow, 'id'>,
  texts: readonly string[],
): Promise<readonly string[]> {
  const keys = await keysMeant(store, run, texts)
  const found = new Set<string | null>()
  for (let from = 0; from < keys.length; from += keysAtOnce) {
    const asked = keys.slice(from, from + keysAtOnce)
    for (let afterSeq = -1; ;) {
      const page = await store.requests(run.id, { keys: asked, afterSeq, limit: 2 * keysAtOnce })
      for (const { key, partOf } of page) found.add(key).add(partOf)
      const last = page.at(-1)
      if (!last || page.length < 2 * keysAtOnce) break
      afterSeq = last.seq
    }
  }
  return texts.filter((_, at) => !found.has(keys[at] ?? null))
}

/** Whether a run has a record of one of these keys, or parts of one. */
export async function isAnyIn(
  store: Pick<Store, 'requests'>,
  run: Pick<RunRow, 'id'>,
  keys: readonly string[],
): Promise<boolean> {
  for (let from = 0; from < keys.length; from += keysAtOnce) {
    const found = await store.requests(run.id, { keys: keys.slice(from, from + keysAtOnce), limit: 1 })
    if (found.length > 0) return true
  }
  return keys.length === 0
}

/** Number of parts of which the keys of a run consist. */
export async function partsOf(store: Pick<Store, 'requests'>, run: Pick<RunRow, 'id'>): Promise<number> {
  const first = await store.requests(run.id, { limit: looksAt })
  return Math.max(1, ...first.map(({ key }) => keyParts(key).length))
}

/** What a text can mean, the likely first. */
function meanings(text: string, parts: number): readonly string[] {
  return [...new Set([keyOfTyped(text, parts), keyOfTyped(text, 1), keyOf(typedParts(text)), keyOf([text])])]
}

async function firstThere(
  store: Pick<Store, 'requests'>,
  run: Pick<RunRow, 'id'>,
  keys: readonly string[],
): Promise<string | null> {
  for (const key of keys) {
    const found = await store.requests(run.id, { keys: [key], limit: 1 })
    if (found.length > 0) return key
  }
  return null
}
