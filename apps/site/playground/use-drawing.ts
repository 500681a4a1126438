import { onBeforeUnmount, onMounted, type Ref } from "vue";

/** Milliseconds from the beginning of one picture to that of the next: what moves needs no more, and networks
 *  that train meanwhile have the processor. */
const between = 150;
/** Milliseconds of a frame that drawing may take before the rest is left to the next one. */
const perFrame = 4;

/** Draws the parts of a picture over several frames. Repeated requests draw once. It also draws when the
 *  canvas changes its size or the page its colours. */
export function useDrawing(
  canvas: Ref<HTMLCanvasElement | undefined>,
  parts: readonly (() => void)[],
): () => void {
  let left: readonly (() => void)[] = [];
  let asked = false;
  let began = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame = 0;
  const draw = (): void => {
    const until = performance.now() + perFrame;
    do {
      const [part, ...rest] = left;
      left = rest;
      part?.();
    } while (left.length > 0 && performance.now() < until);
    frame = left.length > 0 ? requestAnimationFrame(draw) : 0;
    if (frame === 0 && asked) begin();
  };
  const begin = (): void => {
    if (frame !== 0 || timer !== undefined) return;
    const wait = Math.max(0, began + between - performance.now());
    timer = setTimeout(() => {
      timer = undefined;
      asked = false;
      began = performance.now();
      left = parts;
      frame = requestAnimationFrame(draw);
    }, wait);
  };
  const redraw = (): void => {
    asked = true;
    begin();
  };
  let size: ResizeObserver | undefined;
  let colours: MutationObserver | undefined;
  onMounted(() => {
    size = new ResizeObserver(redraw);
    size.observe(canvas.value!);
    colours = new MutationObserver(redraw);
    colours.observe(document.documentElement, { attributes: true });
  });
  onBeforeUnmount(() => {
    size?.disconnect();
    colours?.disconnect();
    clearTimeout(timer);
    cancelAnimationFrame(frame);
  });
  return redraw;
}
