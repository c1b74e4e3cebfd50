//! The von Mises distribution of angles (D. J. Best and N. I. Fisher, "Efficient simulation of the von Mises
//! distribution", 1979).

use std::f64::consts::PI;

use crate::Draw;

pub fn vonmises<D: Draw>(draw: &mut D, direction: f64, kappa: f64) -> f64 {
    if kappa.is_nan() {
        return f64::NAN;
    }
    if kappa < 1e-8 {
        return PI * (2.0 * draw.uniform() - 1.0);
    }
    if kappa > 1e6 && !D::LEGACY {
        return narrow(draw, direction, kappa);
    }
    let s = if kappa < 1e-5 {
        1.0 / kappa + kappa
    } else {
        let r = 1.0 + (1.0 + 4.0 * kappa * kappa).sqrt();
        let rho = (r - (2.0 * r).sqrt()) / (2.0 * kappa);
        (1.0 + rho * rho) / (2.0 * rho)
    };
    let cosine = loop {
        let z = (PI * draw.uniform()).cos();
        let w = (1.0 + s * z) / (s + z);
        let y = kappa * (s - w);
        let v = draw.uniform();
        if y * (2.0 - y) - v >= 0.0 || (y / v).ln() + 1.0 - y >= 0.0 {
            break w;
        }
    };
    let u = draw.uniform();
    let angle = cosine.acos();
    let angle = if u < 0.5 { -angle } else { angle } + direction;
    let wrapped = (angle.abs() + PI) % (2.0 * PI) - PI;
    if angle < 0.0 { -wrapped } else { wrapped }
}

/// A normal distribution around the circle: what is left of it where kappa is large.
fn narrow<D: Draw>(draw: &mut D, direction: f64, kappa: f64) -> f64 {
    let mut angle = direction + (1.0 / kappa).sqrt() * draw.normal();
    if angle < -PI {
        angle += 2.0 * PI;
    }
    if angle > PI {
        angle -= 2.0 * PI;
    }
    angle
}
