import { randomBytes } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Chance, Clock } from '../ports/clock.ts'

/** The machine's clock, shifted so that all processes of one shared state agree. */
export function machineClock(offsetMs: number): Clock {
  return {
    now: () => Date.now() + offsetMs,
    sleep: (delayMs, signal) => sleep(delayMs, undefined, signal ? { signal } : {}).catch(() => undefined),
  }
}

const alphabet = 'abcdefghjkmnpqrstvwxyz0123456789'

export const machineChance: Chance = {
  id: (length) => Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join(''),
}

/** Names this process to people who look at a lease. */
export function processName(): string {
  return `${hostname()}/${process.pid}`
}

/** Names the person at this machine to those who read what was said. */
export function personName(): string {
  try {
    return userInfo().username
  } catch {
    // A user without an entry, as in many containers.
    return 'somebody'
  }
}
