import { queryOptions } from '@tanstack/react-query'
import type { EmulatorState } from '../../../src/server/contract/emulator.ts'
import { request } from './request.ts'

/** Asked every two seconds while it is looked at: the emulator's clock sends no events. */
export function emulatorQuery() {
  return queryOptions({
    queryKey: ['emulator'],
    queryFn: ({ signal }) => request<EmulatorState>('GET', '/emulator', { signal }),
    refetchInterval: 2_000,
  })
}

export function turnClock(wish: {
  readonly speed?: number
  readonly advance?: string
}): Promise<EmulatorState> {
  return request('POST', '/emulator/clock', { body: wish })
}

export function addFault(wish: {
  readonly scenario: string
  readonly times: 'next' | 'all'
  readonly options: Readonly<Record<string, string>>
}): Promise<EmulatorState> {
  return request('POST', '/emulator/faults', { body: wish })
}

export function clearFaults(): Promise<EmulatorState> {
  return request('DELETE', '/emulator/faults')
}
