import { onBeforeUnmount, onMounted, type Ref } from "vue";

/** Draws in the next frame, once however often it is asked to; and by itself where the canvas gets another
 *  size or the page other colours. */
export function useDrawing(canvas: Ref<HTMLCanvasElement | undefined>, draw: () => void): () => void {
  let due = 0;
  const redraw = (): void => {
    if (due !== 0) return;
    due = requestAnimationFrame(() => {
      due = 0;
      draw();
    });
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
  });
  return redraw;
}
