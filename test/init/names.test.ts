import { expect, test } from '@jest/globals'
import { classNameOf, modelNameOf, packageNameOf, quote } from '../../src/init/names.ts'

test.each([
  ['/tmp/my-service', 'my-service'],
  ['/tmp/Ma Première App', 'ma-premi-re-app'],
  ['/', 'my-service'],
  ['/tmp/_._', 'my-service'],
])('a package in %s is called %s', (folder, name) => {
  expect(packageNameOf(folder)).toBe(name)
})

test.each([
  ['iris_classifier', 'IrisClassifier'],
  ['fraud-v2.1', 'FraudV21'],
  ['7days', 'Service7days'],
  ['promise', 'PromiseService'],
  ['tensor', 'TensorService'],
  ['', 'Service'],
])('a service of %s is the class %s', (name, className) => {
  expect(classNameOf(name)).toBe(className)
})

test.each([
  ['/x/Fraud Model (final).json', 'fraud_model_final'],
  ['/x/___.onnx', 'model'],
  ['/x/con.onnx', 'model'],
])('the model in %s is called %s', (file, name) => {
  expect(modelNameOf(file)).toBe(name)
})

test.each([`it's`, `"`, `\\'`, `\\"`, 'a\nb', '${x}', '`'])('%j is quoted to itself', (text) => {
  // oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-call -- because a string of TypeScript is judged by what it evaluates to
  expect(new Function(`return ${quote(text)}`)()).toBe(text)
})
