import type { FaultAction } from '../faults/action.ts'

/** The page of a web application firewall before it lets anybody in. */
export const challengePage =
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1></body></html>'

/** The page of a company network for whoever has not signed in. */
export const signInPage =
  '<!DOCTYPE html><html><head><title>Sign in</title></head><body><form action="/login"><h1>Sign in to the network</h1></form></body></html>'

export function page(status: number, body: string): FaultAction {
  return { type: 'status', status, body, headers: { 'content-type': 'text/html' } }
}
