/** The mark: a night's valley between two days. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
      <path
        d="M3 10 C 9 10 9 22 16 22 S 23 10 29 10"
        fill="none"
        stroke="var(--accent)"
        strokeWidth="3.4"
        strokeLinecap="round"
      />
      <circle cx="16" cy="12" r="2.6" fill="var(--accent)" />
    </svg>
  )
}
