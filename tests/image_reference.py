"""What `npx.image` should give, as plain loops in float64 over NumPy arrays. Used by the tests of images."""

import colorsys
import math

import numpy as onp


def linear_weight(distance):
    return max(0.0, 1 - abs(distance))


def cubic_weight(distance, a=-0.75):
    x = abs(distance)
    if x <= 1:
        return (a + 2) * x**3 - (a + 3) * x**2 + 1
    return a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a if x < 2 else 0.0


def lanczos_weight(distance):
    return float(onp.sinc(distance) * onp.sinc(distance / 4)) if abs(distance) < 4 else 0.0


def kernel_row(new_place, old, new, weight, reach):
    """Weights of all old elements for one new element: a kernel around its center, the edges repeated."""
    center = (new_place + 0.5) * old / new - 0.5
    row = onp.zeros(old)
    for place in range(math.floor(center) - reach + 1, math.floor(center) + reach + 1):
        row[min(max(place, 0), old - 1)] += weight(center - place)
    return row / row.sum()


def nearest_row(new_place, old, new):
    row = onp.zeros(old)
    row[min(int(new_place * old / new), old - 1)] = 1
    return row


def area_row(new_place, old, new):
    """Shares of the old elements in the interval that a new one covers."""
    start, end = new_place * old / new, (new_place + 1) * old / new
    return onp.array([max(0.0, min(end, place + 1) - max(start, place)) for place in range(old)]) / (end - start)


def area_growing_row(new_place, old, new):
    """As `area_row` when growing by a whole factor: the old element that a new one lies in."""
    assert new % old == 0
    row = onp.zeros(old)
    row[new_place * old // new] = 1
    return row


def rows_of(method, old, new, shrinks):
    make = {
        0: lambda place: nearest_row(place, old, new),
        1: lambda place: kernel_row(place, old, new, linear_weight, 1),
        2: lambda place: kernel_row(place, old, new, cubic_weight, 2),
        3: lambda place: (area_row if shrinks else area_growing_row)(place, old, new),
        4: lambda place: kernel_row(place, old, new, lanczos_weight, 4),
    }[method]
    return onp.array([make(place) for place in range(new)]).reshape(new, old)


def resize(image, width, height, method):
    """An image (height, width, channels) or a batch, in float64."""
    rows, columns = image.shape[-3:-1]
    shrinks = rows >= height and columns >= width
    down = rows_of(method, rows, height, shrinks) if rows != height else onp.eye(rows)
    across = rows_of(method, columns, width, shrinks) if columns != width else onp.eye(columns)
    return onp.einsum("yh,...hwc,xw->...yxc", down, image.astype("float64"), across)


def stored(values, dtype):
    """Floats as the dtype of an adjusted image: cut to the range, fractions dropped."""
    if onp.dtype(dtype).kind in "iu":
        limits = onp.iinfo(dtype)
        return onp.trunc(onp.clip(values, limits.min, limits.max)).astype(dtype)
    return values.astype(dtype)


def grey(pixel):
    return pixel[0] if len(pixel) == 1 else 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]


def each_pixel(image, change):
    result = onp.empty(image.shape)
    for place in onp.ndindex(image.shape[:-1]):
        result[place] = change(image[place].astype("float64"))
    return result


def brightness(image, factor):
    return image.astype("float64") * factor


def contrast(image, factor):
    """Each image of a batch has its own mean."""
    if image.ndim == 4:
        return onp.stack([contrast(one, factor) for one in image])
    mean = sum(grey(pixel) for pixel in image.reshape(-1, image.shape[-1]).astype("float64"))
    return image * float(factor) + (1 - factor) * mean / (image.shape[0] * image.shape[1])


def saturation(image, factor):
    if image.shape[-1] == 1:
        return image.astype("float64")
    return each_pixel(image, lambda pixel: pixel * factor + (1 - factor) * grey(pixel))


def hue(image, turn):
    if image.shape[-1] == 1:
        return image.astype("float64")

    def change(pixel):
        h, l, s = colorsys.rgb_to_hls(*(pixel / 255))
        return onp.array(colorsys.hls_to_rgb((h + turn) % 1, l, s)) * 255

    return each_pixel(image, change)


def rotate(image, degrees, zoom_in=False, zoom_out=False):
    """One image (channels, height, width)."""
    _, height, width = image.shape
    angle = math.radians(degrees)
    corner = math.hypot(width, height)
    tilt = math.atan2(height, width)
    across = max(abs(corner * math.cos(tilt + angle)), abs(corner * math.cos(tilt - angle)))
    down = max(abs(corner * math.sin(tilt + angle)), abs(corner * math.sin(tilt - angle)))
    stretch = 1.0
    if zoom_out:
        stretch = max(across / width, down / height)
    if zoom_in:
        stretch = min(width / across, height / down)
    result = onp.zeros(image.shape)
    for y in range(height):
        for x in range(width):
            v, u = y - (height - 1) / 2, x - (width - 1) / 2
            column = (u * math.cos(angle) - v * math.sin(angle)) * stretch + (width - 1) / 2
            row = (u * math.sin(angle) + v * math.cos(angle)) * stretch + (height - 1) / 2
            for r in (math.floor(row), math.floor(row) + 1):
                for c in (math.floor(column), math.floor(column) + 1):
                    if 0 <= r < height and 0 <= c < width:
                        result[:, y, x] += image[:, r, c] * linear_weight(row - r) * linear_weight(column - c)
    return result
