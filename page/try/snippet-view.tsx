import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { SnippetInput } from './snippets/snippet.ts'
import { snippets } from './snippets/snippets.ts'

/** The request in other languages. */
export function SnippetView({ input }: { readonly input: SnippetInput }): JSX.Element {
  const [chosen, setChosen] = useState('curl')
  const [, render] = snippets.find(([name]) => name === chosen) ?? snippets[0] ?? []
  const text = render?.(input) ?? ''
  return (
    <section class="snippet" aria-label="The same request elsewhere">
      <div class="bar">
        <div role="group" aria-label="Language">
          {snippets.map(([name]) => (
            <button
              type="button"
              class="quiet"
              aria-pressed={name === chosen}
              onClick={() => setChosen(name)}
            >
              {name}
            </button>
          ))}
        </div>
        <Copy text={text} />
      </div>
      <pre class="scroll" tabIndex={0}>
        {text}
      </pre>
    </section>
  )
}

function Copy({ text }: { readonly text: string }): JSX.Element {
  const [copied, setCopied] = useState('')
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text)
    setCopied(text)
  }
  return (
    <button type="button" class="quiet" onClick={() => void copy()}>
      {copied === text ? 'Copied' : 'Copy'}
    </button>
  )
}
