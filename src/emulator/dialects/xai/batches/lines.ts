import { type Json, type JsonObject, isObject, parseJson, textIn } from '../../../core/json.ts'

/** A request of a batch, however it came there. */
export interface BatchRequest {
  readonly id: string
  readonly body: JsonObject
}

/** The text in the result of a request that did not run, as it was seen. */
export const cancelledText = 'Batch cancelled'

const endpoints: readonly string[] = ['/v1/chat/completions', '/v1/responses']

/** A line of a file, or an element of `batch_requests`; a text says what is wrong with it, in our own words. */
export function readRequest(text: string): BatchRequest | string {
  const value = parseJson(text)
  if (!isObject(value)) return 'is not a JSON object.'
  return value['batch_request_id'] === undefined ? fromLine(value) : fromElement(value)
}

/** `{custom_id, method, url, body}`, as OpenAI has it. */
function fromLine(line: JsonObject): BatchRequest | string {
  const { custom_id: id, method, url, body } = line
  if (typeof id !== 'string' || id === '') return 'has no custom_id.'
  if (method !== undefined && method !== 'POST') return 'has another method than POST.'
  if (typeof url !== 'string' || !endpoints.includes(url)) return `has no url of ${endpoints.join(', ')}.`
  return isObject(body) ? { id, body } : 'has no body.'
}

/** `{batch_request_id?, batch_request: {chat_get_completion | responses}}`; `''` where it has no id of its own. */
export function fromElement(element: Json): BatchRequest | string {
  if (!isObject(element)) return 'is not an object.'
  const id = textIn(element, 'batch_request_id')
  const request = element['batch_request']
  const body = isObject(request) ? (request['chat_get_completion'] ?? request['responses']) : undefined
  return isObject(body) ? { id, body } : 'has no chat_get_completion in its batch_request.'
}
