/** A provider by the names of its door, each used as an author would. It is compiled by `npm run typecheck` and never run. */
import {
  asCount,
  asFields,
  asObjects,
  asText,
  classify,
  defineProvider,
  exactly,
  isEmbedding,
  jsonList,
  listAll,
  segment,
  unsureCode,
} from 'offpeak/provider'
import type {
  Answer,
  Ask,
  BatchService,
  ChatAndEmbeddingService,
  ChatRequest,
  ChatService,
  Completed,
  Concern,
  Connected,
  Downloaded,
  EmbeddingEndpoint,
  EmbeddingRequest,
  EmbeddingService,
  Endpoints,
  Http,
  InputFile,
  Inspection,
  LineFrame,
  ModelPrices,
  ModelRequest,
  NewBatch,
  OwnEmbeddingProvider,
  OwnProvider,
  Provider,
  ProviderClient,
  ProviderLimits,
  ReadLine,
  Realtime,
  Recovery,
  Refusal,
  RemoteBatch,
  Reply,
  StagedFile,
  TokenRule,
  Unsure,
  Usage,
  Wire,
} from 'offpeak/provider'

const price: ModelPrices = {
  ids: ['acme-large', 'acme-large-2'],
  batch: { input: 0.5, output: 2, steps: [{ above: 200_000, input: 1, output: 4 }] },
  asOf: '2026-11-30',
  source: 'the price list of Acme',
}
const endpoints: Required<Endpoints> = { chat: 'ask', embedding: 'embed' }
const recovery: Recovery = { create: 'once', proof: 'marked', fence: true }
const limits: Omit<ProviderLimits, 'pollEveryMs'> = { maxRequests: 100, maxBytes: 1_000_000 }
const own: OwnProvider = {
  name: 'acme',
  baseUrl: 'https://api.acme.example/v1',
  baseUrlEnv: 'ACME_URL',
  apiKeyEnv: null,
  authorize: (key) => ({ 'x-api-key': key }),
  emulatorPath: '/v1',
  endpoints,
  limits,
  recovery,
  priceRows: [price],
  client: (connected: Connected): ProviderClient => ({ ...wire, ...service(connected.http) }),
}

export const chatOnly: ChatService = defineProvider(own)
export const both: ChatAndEmbeddingService = defineProvider({ ...own, endpoints })
const vectors: EmbeddingEndpoint = { embedding: 'embed' }
const vectorsAlone: OwnEmbeddingProvider = { ...own, endpoints: vectors }
export const embeddingOnly: EmbeddingService = defineProvider(vectorsAlone)
export const models = [chatOnly('acme-large'), both('acme-large'), both.embedding('acme-vectors')]

const frame: LineFrame = { beforeId: '{"key":"', beforeBody: '","ask":' }
const tokens: TokenRule = exactly('cl100k_base')
const concern: Concern = { words: 'Acme takes no temperature', fix: 'leave it out' }
const usage: Usage = { inputTokens: 2, cachedTokens: 0, outputTokens: 1 }
const failed: Answer = { kind: 'error', outcome: 'failed', reason: 'no', usage, ran: true }

function text(request: ChatRequest | EmbeddingRequest): string {
  return isEmbedding(request) ? request.input : JSON.stringify(request.messages)
}

const wire: Pick<Wire, 'body' | 'readBody' | 'tokenRule' | 'lineFrame' | 'line' | 'inspect'> = {
  body: (request: ModelRequest) => ({ said: text(request) }),
  readBody: (body, model): ModelRequest => ({
    model,
    input: asText(asFields(body)?.['said']) ?? '',
    dimensions: null,
    extra: {},
  }),
  tokenRule: () => tokens,
  lineFrame: () => frame,
  line: (value): ReadLine | null => (asFields(value) === null ? null : { customId: null, answer: failed }),
  inspect: (): Inspection => ({ maxTokens: null, vectorLength: null, refused: [], doubtful: [concern] }),
}

function service(
  http: Http,
): Pick<BatchService, 'stage' | 'create' | 'batch' | 'batches' | 'cancel' | 'fetch'> & Realtime {
  const read = (json: unknown): RemoteBatch | null => (asObjects(json) === null ? null : batch)
  const again = async (id: string): Promise<Reply<RemoteBatch>> =>
    classify('repeatable', await http.json({ method: 'GET', path: `/batches/${segment(id)}` }), read)
  const refusal: Refusal = {
    kind: 'refused',
    cause: 'invalid',
    status: asCount(400),
    message: 'no',
    retryAfterMs: null,
  }
  return {
    stage: ({ filename, bytes }: InputFile): Promise<Reply<StagedFile>> =>
      Promise.resolve({
        kind: 'accepted',
        value: { id: filename, filename, bytes, status: 'ready', createdAtMs: null },
      }),
    create: async ({ file }: NewBatch) =>
      classify(
        'spends',
        await http.framed({ method: 'POST', path: '/batches' }, jsonList(file, '[', ']')),
        read,
      ),
    batch: again,
    cancel: again,
    batches: (sinceMs) =>
      listAll(http, {
        call: { method: 'GET', path: '/batches' },
        pageSize: 100,
        maxPages: 10,
        read,
        sinceMs,
        partial: false,
      }),
    async fetch(path, to): Promise<Reply<Downloaded>> {
      return classify('repeatable', await http.download({ method: 'GET', path, to }), (_, { saved }) => saved)
    },
    complete: ({ body }: Ask): Promise<Reply<Completed>> =>
      Promise.resolve(body === '' ? refusal : { kind: 'unknown', message: 'no answer' }),
    outputLine: (customId, completed: Completed | Unsure) => ({
      customId,
      ...('unsure' in completed ? { code: unsureCode } : completed),
    }),
  }
}

declare const batch: RemoteBatch

/** What the engine sees in the end. */
export const nameOf = ({ name }: Provider): string => name
