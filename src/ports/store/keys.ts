import type { KeyRow } from '../state.ts'

/** The keys of those who call the server. */
export interface KeyStore {
  addKey(key: KeyRow): Promise<void>
  key(id: string): Promise<KeyRow | null>
  /** Newest first, also those that are revoked or expired. */
  keys(): Promise<readonly KeyRow[]>
  /** False when there is no such key, or it was revoked before. */
  revokeKey(id: string, at: number): Promise<boolean>
  /** Notes when a key was used last. */
  touchKey(id: string, at: number): Promise<void>
}
