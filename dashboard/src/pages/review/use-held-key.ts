import { type RefObject, useEffect, useRef } from 'react'

/** Whether the key that is pressed now is only held down: nobody judges one answer after the other so. */
export function useHeldKey(): RefObject<boolean> {
  const held = useRef(false)
  useEffect(() => {
    const press = ({ repeat }: KeyboardEvent): void => {
      held.current = repeat
    }
    // Before the keys of the page are told.
    addEventListener('keydown', press, { capture: true })
    return () => removeEventListener('keydown', press, { capture: true })
  }, [])
  return held
}
