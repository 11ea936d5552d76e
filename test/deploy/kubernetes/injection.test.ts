import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseAllDocuments } from 'yaml'
import { renderFiles, renderObjects } from '../../../src/deploy/kubernetes/render.ts'
import { isBentoError } from '../../../src/errors.ts'
import { specOf } from '../spec-of.ts'

test('carries any text in any field to the reader as it is, and nothing else', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.constantFrom(
      '---\nkind: Pod',
      '"}\n- x: y',
      'yes',
      '0x10',
      '1_0',
      '12:30',
      '~',
      '=',
      '<<',
      '&a',
      '*a',
      '#',
    ),
    fc.string({ unit: fc.constantFrom(...Array.from('\n\t :-"\'{}[]#&*!|>%@`\\')), minLength: 1 }),
  )
  const anything = fc.record({ value: text, key: text, annotation: text, patched: text })
  await fc.assert(
    fc.asyncProperty(anything, async ({ value, key, annotation, patched }) => {
      const set = {
        envs: [{ name: 'A', value }],
        kubernetes: {
          annotations: { [key]: annotation },
          patches: [{ kind: 'Deployment', merge: { spec: { [`x${key}`]: patched } } }],
        },
      }
      const spec = await specOf(set).catch((error: unknown) => error)
      // What holds a control character is refused, which is safe too.
      fc.pre(!isBentoError(spec))
      const files = await renderFiles(await specOf(set))
      const objects = renderObjects(await specOf(set))
      for (const [at, object] of objects.entries()) {
        for (const version of ['1.1', '1.2'] as const) {
          const documents = parseAllDocuments(files[at]?.text ?? '', { version })
          expect(documents).toHaveLength(1)
          expect(JSON.stringify(documents[0]?.toJS())).toBe(JSON.stringify(object))
        }
      }
    }),
    { numRuns: 60 },
  )
})
