import { readFileSync } from 'node:fs'

/**
 * Most memory that this process has held, in bytes.
 * Linux counts what `resourceUsage()` tells from the process that started this one (getrusage(2): the value lives on
 * through execve), so the kernel's figure of this process alone is read where there is one (proc(5), VmHWM).
 */
export function peakMemoryBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kibibytes) * 1024
}
