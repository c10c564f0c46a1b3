import { randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random, Clock } from '../ports/clock.ts'

/** The machine's clock, shifted so that all processes of one shared state agree. */
export function machineClock(offsetMs: number): Clock {
  return {
    now: () => Date.now() + offsetMs,
    sleep: (delayMs, signal) => sleep(delayMs, undefined, signal ? { signal } : {}).catch(() => undefined),
  }
}

const alphabet = 'abcdefghjkmnpqrstvwxyz0123456789'

export const machineRandom: Random = {
  id: (length) => Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join(''),
}

/** Name of this process for leases and for people: `host/what counts its processes/pid`. */
export function processName(): string {
  return `${hostname()}/${processTable()}/${process.pid}`
}

/** Name of this process for those who look at a database server; PostgreSQL keeps 63 bytes of it. */
export function sessionName(): string {
  return `offpeak ${hostname().slice(0, 40)}/${process.pid}`
}

/** Whether the process of this name is certainly over: it was counted where this one is, and does not run any more. */
export function isGone(name: string): boolean {
  const [host, table, pid = '', ...more] = name.split('/')
  if (host !== hostname() || table !== processTable() || table === '' || more.length > 0) return false
  if (!/^\d+$/.test(pid)) return false
  try {
    // After the name in brackets comes the state; a process that nobody has waited for stays listed as Z (proc(5)).
    return /\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch (thrown) {
    return thrown instanceof Error && Reflect.get(thrown, 'code') === 'ENOENT'
  }
}

/** The boot and the namespace in which pids are unique (proc(5), namespaces(7)); empty where that cannot be told. */
function processTable(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)
    return `${boot}-${readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '')}`
  } catch {
    return ''
  }
}

/** Name of the person at this machine, for those who read what was said. */
export function personName(): string {
  try {
    return userInfo().username
  } catch {
    // A user without an entry, as in many containers.
    return 'somebody'
  }
}
