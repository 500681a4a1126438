/** Remembers the results of `make`, each as long as its argument lives. Calls are marked as pure, so a
 *  bundler drops unused ones. */
export function memoised<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const results = new WeakMap<K, V>();
  return (key) => {
    let result = results.get(key);
    if (result === undefined) {
      result = make(key);
      results.set(key, result);
    }
    return result;
  };
}
