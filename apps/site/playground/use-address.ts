import { onBeforeUnmount, onMounted, type Ref, ref, watch } from "vue";
import { type Field, readAddress, type StateOf, writeAddress } from "./address.ts";

/** A state that the page's address holds, and complaints about a followed or pasted address. The page ignores
 *  its own changes of the address. */
export function useAddress<const Fields extends Readonly<Record<string, Field>>>(
  fields: Fields,
): { config: Ref<StateOf<Fields>>; complaints: Ref<string[]> } {
  const config = ref(readAddress(fields, "").state) as Ref<StateOf<Fields>>;
  const complaints = ref<string[]>([]);
  const follow = (): void => {
    const read = readAddress(fields, location.hash);
    complaints.value = read.complaints;
    config.value = read.state;
  };
  watch(config, (state) => history.replaceState(history.state, "", `#${writeAddress(fields, state)}`), {
    deep: true,
  });
  onMounted(() => {
    follow();
    addEventListener("hashchange", follow);
  });
  onBeforeUnmount(() => removeEventListener("hashchange", follow));
  return { config, complaints };
}
