import type { JSX } from 'preact'
import { useState } from 'preact/hooks'

interface KeyFormProps {
  readonly isWrong: boolean
  readonly onKey: (key: string) => void
}

/** Asks for the service's key. It is kept in this page's memory, and gone with it. */
export function KeyForm({ isWrong, onKey }: KeyFormProps): JSX.Element {
  const [text, setText] = useState('')
  const submit = (event: Event): void => {
    event.preventDefault()
    onKey(text)
  }
  return (
    <main class="key">
      <h1>This service asks for a key</h1>
      <form onSubmit={submit}>
        <div class="field">
          <label for="key">Key</label>
          <input
            id="key"
            type="password"
            autocomplete="off"
            aria-invalid={isWrong}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
          {isWrong && (
            <p role="alert" class="problem">
              The service does not know this key.
            </p>
          )}
        </div>
        <p class="kind">It is kept in the memory of this page alone.</p>
        <button type="submit">Use it</button>
      </form>
    </main>
  )
}
