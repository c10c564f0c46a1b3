import { deepinfraModels } from './models.ts'
import { type Service, oneDay } from './service.ts'

/** DeepInfra, announcement of 19 June 2026: files of 200 MB, 50,000 requests, and completions besides, which are not here. */
const maxFileBytes = 209_715_200
const maxLines = 50_000

/** DeepInfra: as OpenAI, with other models and a smaller discount. */
export const deepinfra: Service = {
  ...oneDay,
  purpose: 'batch',
  maxFileBytes,
  maxLines,
  endpoints: ['/v1/chat/completions', '/v1/embeddings'],
  usualWindow: null,
  linesNameEndpoint: true,
  models: deepinfraModels,
}
