import { hash } from 'node:crypto'
import { runChat } from './chat.ts'
import { runEmbeddings } from './embeddings.ts'
import type { Executed, RequestScope } from './executed.ts'
import type { JsonObject } from '../../../core/json.ts'
import { runResponse } from './responses.ts'

/** Carries out one request body; synchronous calls and batch lines come here alike. */
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

/** 40 hex digits that are equal for equal bodies, whatever their `custom_id`. */
export function bodyHash(body: JsonObject): string {
  return hash('sha1', JSON.stringify(body), 'hex')
}
