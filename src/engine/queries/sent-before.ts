import type { Intent } from '../../domain/intent.ts'
import { isOwn } from '../../planning/waiting/choose-intent.ts'
import type { Flow } from '../flow.ts'
import { notedIntents, readIntent } from '../files/intent-files.ts'

/**
 * Files that a state of the project which is gone has sent, by the notes beside this one, and of which nothing has
 * come yet; oldest first. Changes nothing.
 */
export async function sentBefore({
  store,
  filesDir,
}: Pick<Flow, 'store' | 'filesDir'>): Promise<readonly Intent[]> {
  // The notes are listed before the count is read: in a state that goes forward none of them is ahead of it.
  const noted = await notedIntents(filesDir)
  const counted = await store.intentCount()
  const ahead = await Promise.all(noted.filter(({ number }) => number > counted).map(readIntent))
  const ownIds = await store.ownIds()
  const open = (await store.unknownIntents(null)).filter(
    (intent) => intent.status === 'open' && intent.wasCounted !== true && isOwn(intent, ownIds),
  )
  const byNonce = new Map<string, Intent>()
  for (const intent of [...open, ...ahead])
    if (intent !== null && !byNonce.has(intent.nonce)) byNonce.set(intent.nonce, intent)
  return [...byNonce.values()]
}
