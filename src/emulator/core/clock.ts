/** The longest delay that `setTimeout` keeps (Node docs, timers): longer waits are made of several. */
const maxTimerMs = 2_147_483_647

/** The last moment that its clock shows: every time that is reckoned from it can still be written as a date. */
export const lastMs = Date.UTC(9999, 0, 1)

/** A clock that runs `speed` times as fast as the machine's and can be pushed forward by hand. */
export interface EmulatorClock {
  /** Emulator time in milliseconds since 1970; it stands still at `lastMs`. */
  nowMs(): number
  speed(): number
  setSpeed(speed: number): void
  advance(ms: number): void
  /** Waits until emulator time `atMs`, or until `poke` is called, or until `stop` fires (then it throws). */
  until(atMs: number, stop: AbortSignal, register?: (poke: () => void) => void): Promise<void>
}

/**
 * A clock that starts at `baseMs` (milliseconds since the epoch) and runs `initialSpeed` times as fast as the
 * machine's.
 */
export function makeClock(baseMs: number, initialSpeed: number): EmulatorClock {
  let baseEmulatorMs = baseMs
  let baseRealMs = performance.now()
  let currentSpeed = initialSpeed
  const sleepers = new Set<() => void>()

  const nowMs = (): number =>
    Math.min(lastMs, baseEmulatorMs + (performance.now() - baseRealMs) * currentSpeed)
  const rebase = (extraMs: number): void => {
    baseEmulatorMs = nowMs() + extraMs
    baseRealMs = performance.now()
    for (const wake of sleepers) wake()
  }

  const sleepOnce = (
    delayMs: number,
    stop: AbortSignal,
    register?: (poke: () => void) => void,
  ): Promise<boolean> =>
    // oxlint-disable-next-line promise/avoid-new -- a timer with three ways to end
    new Promise((resolve, reject) => {
      const finish = (poked: boolean): void => {
        clearTimeout(timer)
        sleepers.delete(wake)
        stop.removeEventListener('abort', onAbort)
        if (stop.aborted) reject(new ClockStopped())
        else resolve(poked)
      }
      const wake = (): void => finish(false)
      const onAbort = (): void => finish(false)
      const timer = setTimeout(wake, Math.min(maxTimerMs, Math.max(0, Math.ceil(delayMs))))
      sleepers.add(wake)
      stop.addEventListener('abort', onAbort, { once: true })
      register?.(() => finish(true))
    })

  return {
    nowMs,
    speed: () => currentSpeed,
    setSpeed: (speed) => {
      rebase(0)
      currentSpeed = speed
    },
    advance: (ms) => rebase(ms),
    until: async (atMs, stop, register) => {
      while (nowMs() < atMs) {
        if (stop.aborted) throw new ClockStopped()
        if (await sleepOnce((atMs - nowMs()) / currentSpeed, stop, register)) return
      }
    },
  }
}

/** Thrown out of a wait when the emulator closes; nothing is wrong, the work goes on after a restart. */
export class ClockStopped extends Error {
  override readonly name = 'ClockStopped'
}
