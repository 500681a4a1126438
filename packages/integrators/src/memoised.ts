/** `make` with its results kept, each for as long as what it was made from. Uses are marked as pure: a
 *  bundler drops those that nobody asks. */
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
