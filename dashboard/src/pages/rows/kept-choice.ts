import { useCallback, useState } from 'react'

/** A choice of a person that this browser remembers. */
export function useKeptChoice<Value>(
  name: string,
  read: (kept: unknown) => Value,
): readonly [Value, (value: Value) => void] {
  const place = `offpeak.${name}`
  const [held, setHeld] = useState(() => ({ place, value: read(load(place)) }))
  // Another name: another choice.
  const value = held.place === place ? held.value : read(load(place))
  const choose = useCallback(
    (chosen: Value): void => {
      setHeld({ place, value: chosen })
      try {
        localStorage.setItem(place, JSON.stringify(chosen))
      } catch {
        // It holds for this visit.
      }
    },
    [place],
  )
  return [value, choose]
}

function load(place: string): unknown {
  try {
    const kept = localStorage.getItem(place)
    return kept === null ? null : JSON.parse(kept)
  } catch {
    return null
  }
}
