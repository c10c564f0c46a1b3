import type { InputFile, StagedFile } from '../../ports/provider/batch-service.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { Refusal, Reply } from '../../ports/provider/reply.ts'

type Needed = 'body' | 'readBody' | 'tokenRule' | 'lineFrame' | 'line' | 'create' | 'batch' | 'batches'
type NeededToo = 'cancel' | 'fetch'
type MayBeLeftOut = 'isOwnModel' | 'inspect' | 'enforcesConstraints' | 'withMessages' | 'idIn' | 'probe'
type Staging = 'stage' | 'findStaged' | 'staged' | 'discard'
type Synchronous = 'complete' | 'outputLine'

/**
 * Calls and limits of a service, written by its own code. Left out are: a concern with any request (`inspect`); bounds
 * that answers are held to (`enforcesConstraints`: none); a conversation that goes on (`withMessages`: none does);
 * staged files, where the requests travel with `create`; a call that answers at once; `probe`, which then asks for the
 * list of batches.
 */
export interface ProviderClient
  extends Pick<Provider, Needed | NeededToo>, Partial<Pick<Provider, MayBeLeftOut | Staging | Synchronous>> {}

type Whole = Omit<Provider, 'name' | 'account' | 'limits' | 'recovery' | 'clockSkewMs' | 'isSimulated'>

/** A client with what it leaves out. */
export function wholeClient(
  client: ProviderClient,
  { title, taskOf, now }: { title: string; taskOf: Provider['taskOf']; now: () => number },
): Whole {
  return {
    isOwnModel: true,
    taskOf,
    inspect: (request) => ({
      maxTokens: 'maxTokens' in request ? request.maxTokens : null,
      vectorLength: 'dimensions' in request ? request.dimensions : null,
      refused: [],
      doubtful: [],
    }),
    enforcesConstraints: () => false,
    withMessages: () => null,
    ...nothingStaged,
    complete: () => Promise.resolve(refused(`${title} has no call that answers at once`)),
    outputLine: (customId) => ({ customId }),
    async probe(_model, signal) {
      // The newest hour is a short list.
      const listed = await client.batches(now() - hourMs, signal)
      return listed.kind === 'accepted' ? { kind: 'accepted', value: { words: 'the key works' } } : listed
    },
    ...client,
  }
}

const hourMs = 3_600_000

const nothingStaged: Pick<Provider, Staging> = {
  stage: ({ filename, bytes }: InputFile) => Promise.resolve(ready(filename, bytes)),
  findStaged: () => Promise.resolve({ kind: 'accepted', value: [] }),
  staged: (handle) => Promise.resolve(ready(handle, null)),
  discard: () => Promise.resolve({ kind: 'accepted', value: null }),
}

/** The file lies here and goes along with the create. */
function ready(filename: string, bytes: number | null): Reply<StagedFile> {
  return {
    kind: 'accepted',
    value: { id: filename, filename, bytes, status: 'ready', createdAtMs: null },
  }
}

function refused(message: string): Refusal {
  return { kind: 'refused', cause: 'invalid', status: null, message, retryAfterMs: null }
}
