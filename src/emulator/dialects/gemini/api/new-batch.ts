import { type JsonObject, isArray, isObject, textIn } from '../../../core/json.ts'
import { refuse } from '../errors.ts'
import { readBodyMessage } from '../json/read-message.ts'

export interface WantedBatch {
  readonly displayName: string
  /** The id of a file, or the requests themselves. */
  readonly input: { readonly fileId: string } | { readonly requests: readonly JsonObject[] }
}

/** The service's own message names this number of bytes for a call with its requests in it; the document says 20 MB. */
const maxBodyBytes = 20_971_520

/** The wanted batch of a create call. Throws a Refusal. */
export function readWantedBatch(body: string, task: 'generate' | 'embed'): WantedBatch {
  if (Buffer.byteLength(body) > maxBodyBytes)
    throw refuse('INVALID_ARGUMENT', `Request payload size exceeds the limit: ${maxBodyBytes} bytes.`)
  const message = task === 'embed' ? 'AsyncBatchEmbedContentRequest' : 'BatchGenerateContentRequest'
  const { batch } = readBodyMessage(message, body)
  const config = isObject(batch) ? batch['inputConfig'] : undefined
  if (!isObject(batch) || !isObject(config))
    throw refuse('INVALID_ARGUMENT', `* ${message}.batch.input_config: input_config is required\n`)
  const displayName = textIn(batch, 'displayName')
  const fileName = textIn(config, 'fileName')
  const list = isObject(config['requests']) ? config['requests']['requests'] : undefined
  const requests = (isArray(list) ? list : []).filter((item) => isObject(item))
  if (fileName !== '' && requests.length > 0)
    throw refuse('INVALID_ARGUMENT', 'Only one of file_name and requests can be set.')
  if (fileName !== '') return { displayName, input: { fileId: fileName.replace(/^files\//, '') } }
  if (requests.length === 0)
    throw refuse('INVALID_ARGUMENT', `* ${message}.batch.input_config: requests must not be empty\n`)
  return { displayName, input: { requests } }
}
