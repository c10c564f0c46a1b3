import { runChat } from './chat.ts'
import { runEmbeddings } from './embeddings.ts'
import type { Executed } from '../../../core/batch/executed.ts'
import type { RequestScope } from './executed.ts'
import type { JsonObject } from '../../../core/json.ts'
import { runResponse } from './responses.ts'

/** The result of one request body; synchronous calls and batch lines come here alike. */
export function runRequest(endpoint: string, body: JsonObject, scope: RequestScope): Executed {
  switch (endpoint) {
    case '/embeddings':
      return runEmbeddings(body, scope)
    case '/responses':
      return runResponse(body, scope)
    default:
      return runChat(body, scope)
  }
}
