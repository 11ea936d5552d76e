import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { classNameOf, packageNameOf } from './names.ts'
import type { Content } from './new-project.ts'
import { packageFolder, renderTemplate, type ProjectFile } from './project-files.ts'

export const templates = ['blank', 'iris', 'text', 'image'] as const
export type Template = (typeof templates)[number]

/** What a new project begins with. */
export function templateContent(template: Template, folder: string): Promise<Content> {
  const contents = {
    blank: () => blankContent(folder),
    iris: irisContent,
    text: textContent,
    image: imageContent,
  }
  return contents[template]()
}

async function blankContent(folder: string): Promise<Content> {
  const className = classNameOf(packageNameOf(folder))
  const [service] = await renderTemplate('blank', { class: className })
  return {
    className,
    service: String(service?.content),
    test: {
      type: 'answer',
      route: 'greet',
      sample: { name: 'world' },
      expectation: "assert.equal(text, 'Hello, world!')",
    },
    files: [],
  }
}

const examples = join(packageFolder, 'examples')

/** The first example, with its model. */
async function irisContent(): Promise<Content> {
  const folder = join(examples, 'iris')
  const file = 'models/iris_classifier.onnx'
  return {
    className: 'IrisClassifier',
    service: await readFile(join(folder, 'service.ts'), 'utf8'),
    test: {
      type: 'answer',
      route: 'classify',
      sample: {
        features: [{ sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }],
      },
      expectation: "assert.deepEqual(JSON.parse(text), ['setosa'])",
    },
    model: { file, name: 'iris_classifier', runtime: 'onnx', isBatchable: false },
    files: [await copyOf(join(folder, 'iris_classifier.onnx'), file)],
  }
}

/** A small network for texts, with the script that trained it. */
async function textContent(): Promise<Content> {
  const folder = join(packageFolder, 'templates', 'init', 'text')
  const file = 'models/language.onnx'
  const others = ['pieces.ts', file, 'models/train.py', 'models/requirements.txt']
  return {
    className: 'LanguageDetector',
    service: await readFile(join(folder, 'service.ts'), 'utf8'),
    test: {
      type: 'answer',
      route: 'detect',
      sample: { texts: ['Wo ist der Bahnhof, und wann fährt der nächste Zug?'] },
      expectation: "assert.equal(JSON.parse(text)[0].language, 'de')",
    },
    model: { file, name: 'language', runtime: 'onnx', isBatchable: true },
    files: await Promise.all(others.map((path) => copyOf(join(folder, path), path))),
  }
}

/** The example that reads digits, with its network and a photo. */
async function imageContent(): Promise<Content> {
  const folder = join(examples, 'image')
  const file = 'models/digit_classifier.onnx'
  return {
    className: 'DigitClassifier',
    service: await readFile(join(folder, 'service.ts'), 'utf8'),
    test: {
      type: 'file',
      route: 'classify',
      parameter: 'image',
      file: '7.png',
      expectation: 'assert.equal(JSON.parse(text).digit, 7)',
    },
    model: { file, name: 'digit_classifier', runtime: 'onnx', isBatchable: true },
    packages: ['sharp'],
    files: [
      await copyOf(join(folder, 'to-grid.ts'), 'to-grid.ts'),
      await copyOf(join(folder, 'digit_classifier.onnx'), file),
      await copyOf(join(folder, 'photos', '7.png'), '7.png'),
    ],
  }
}

async function copyOf(source: string, path: string): Promise<ProjectFile> {
  return { path, content: await readFile(source) }
}
