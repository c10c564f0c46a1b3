import { hash } from 'node:crypto'
import type { JsonObject } from '../json.ts'

/** 40 hex digits that are equal for equal bodies, whatever their `custom_id`. */
export function bodyHash(body: JsonObject): string {
  return hash('sha1', JSON.stringify(body), 'hex')
}
