export type { ProviderLimits, Recovery } from './domain/limits.ts'
export type { Answer, ChatRequest, EmbeddingRequest, ModelRequest, Usage } from './domain/request.ts'
export { isEmbedding, unsureCode } from './domain/request.ts'
export { exactly, type TokenRule } from './domain/token-rule.ts'
export type {
  BatchService,
  Downloaded,
  InputFile,
  NewBatch,
  RemoteBatch,
  StagedFile,
} from './ports/provider/batch-service.ts'
export type { Provider } from './ports/provider/provider.ts'
export type { Ask, Completed, Realtime, Unsure } from './ports/provider/realtime.ts'
export type { Refusal, Reply } from './ports/provider/reply.ts'
export type { Concern, Inspection, LineFrame, ReadLine, Wire } from './ports/provider/wire.ts'
export { classify } from './providers/replies/classify.ts'
export { asCount, asFields, asObjects, asText } from './providers/replies/fields.ts'
export { jsonList } from './providers/http/bodies/framed-file.ts'
export type { Http } from './providers/http/http.ts'
export { listAll } from './providers/replies/listing.ts'
export { segment } from './providers/replies/segment.ts'
export type { ProviderClient } from './providers/own/own-client.ts'
export type { ModelPrices } from './providers/own/own-prices.ts'
export {
  type ChatAndEmbeddingService,
  type ChatService,
  type Connected,
  defineProvider,
  type EmbeddingService,
  type EmbeddingEndpoint,
  type Endpoints,
  type OwnEmbeddingProvider,
  type OwnProvider,
} from './providers/own/own-provider.ts'
